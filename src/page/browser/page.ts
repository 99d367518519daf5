/** What the page carries, and its elements by id. */
import type { PageData } from '../report-page.ts';

/** The element; throws where the page has none. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`page: no element '${id}'`);
  return found as T;
}

/** Bytes of a script element that carries base64. */
export function carriedBytes(id: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(byId(id).textContent ?? ''), (c) => c.charCodeAt(0));
}

export function carriedData(): PageData {
  return JSON.parse(byId('page-data').textContent ?? '') as PageData;
}

/** Lets the browser draw before the work goes on. */
export function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
