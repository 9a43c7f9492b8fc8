import { readFileSync } from 'node:fs';
import { errorCode } from './file-error.ts';

/** Whether a process with this id runs on this machine, of any user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM'; // it runs, but belongs to another user
  }
}

/**
 * Start time of a process, only for comparison: it distinguishes a process from a later one with the same id. Linux only (field 22 of
 * /proc/PID/stat, clock ticks since boot); null elsewhere or when there is no such process.
 */
export function startTime(pid: number): string | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, and can contain spaces and parentheses.
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
