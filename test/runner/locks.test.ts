/** Locks die with their holder, and live as long as a child that inherited them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FileLock } from '../../src/runner/locks/file-lock.ts';
import { identityOf, isAlive } from '../../src/runner/locks/process-identity.ts';

describe('a lock', () => {
  const folder = mkdtempSync(join(tmpdir(), 'locks-'));
  const path = join(folder, 'lock');
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('has one holder, or several that share it', () => {
    const first = FileLock.tryAcquire(path, 'exclusive')!;
    assert.equal(FileLock.tryAcquire(path, 'exclusive'), undefined);
    assert.equal(FileLock.tryAcquire(path, 'shared'), undefined);
    first.release(true);
    const shared = [FileLock.tryAcquire(path, 'shared')!, FileLock.tryAcquire(path, 'shared')!];
    assert.equal(FileLock.tryAcquire(path, 'exclusive'), undefined);
    for (const lock of shared) lock.release();
  });

  it('is waited for, and the wait can be stopped', async () => {
    const first = FileLock.tryAcquire(path, 'exclusive')!;
    first.describe('me');
    const heard: string[] = [];
    const second = FileLock.acquire(path, 'exclusive', { onWait: (holder) => heard.push(holder) });
    const stop = new AbortController();
    const third = FileLock.acquire(path, 'exclusive', { signal: stop.signal });
    await sleep(100);
    stop.abort(new Error('stopped'));
    await assert.rejects(third, /stopped/);
    first.release(true);
    (await second).release(true);
    assert.equal(heard[0], 'me');
  });

  it('is free the moment its holder is killed, and not while a child of it lives', async () => {
    const module = fileURLToPath(new URL('../../src/runner/locks/file-lock.js', import.meta.url));
    const script = `import { FileLock } from ${JSON.stringify(module)}; import { spawn } from 'node:child_process';
      const lock = FileLock.tryAcquire(${JSON.stringify(path)}, 'exclusive');
      const child = spawn('sleep', ['30'], { stdio: ['ignore', 'ignore', 'ignore', lock.fd], detached: true });
      console.log(child.pid); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const sleeper = Number(await new Promise((resolve) => holder.stdout.once('data', resolve)));
    holder.kill('SIGKILL');
    await new Promise((resolve) => holder.once('exit', resolve));
    assert.equal(FileLock.tryAcquire(path, 'exclusive'), undefined);
    process.kill(sleeper, 'SIGKILL');
    for (let i = 0; i < 100 && isAlive(identityOf(sleeper)) === true && identityOf(sleeper).start !== ''; i++)
      await sleep(20);
    const lock = await FileLock.acquire(path, 'exclusive');
    lock.release(true);
  });

  it('tells a process from a later one of the same number', () => {
    const me = identityOf(process.pid);
    assert.equal(isAlive(me), true);
    assert.equal(isAlive({ ...me, start: '1' }), false);
    assert.equal(isAlive({ ...me, machine: 'another' }), undefined);
  });
});
