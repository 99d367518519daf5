/** Stands for node:worker_threads in the page, whose kernel has one thread and never makes another. */
export class Worker {
  constructor() {
    throw new Error('the page has one thread');
  }
}
