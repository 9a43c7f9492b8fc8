import { Option, type Command } from 'commander';
import type { z } from 'zod';
import { flagOf } from '../../options.ts';
import { renamedIn } from '../../renamed-options.ts';

/** Adds the flags of version 0.1 that have other names now. The help does not name them. */
export function addOldFlags(command: Command, schema: z.ZodObject): void {
  for (const [old] of renamedIn(schema)) command.addOption(new Option(`${flagOf(old)} <n>`).hideHelp());
}

/** A schema of options that has each renamed option by its old name, too, to read the flags that were given. */
export function withOldNames(schema: z.ZodObject): z.ZodObject {
  return schema.extend(
    Object.fromEntries(renamedIn(schema).map(([old, now]) => [old, schema.shape[now] as z.ZodType])),
  );
}
