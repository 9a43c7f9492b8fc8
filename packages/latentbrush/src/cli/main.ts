import { InputError } from '@latentbrush/engine';
import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { interruptedCode, isReaderGone } from './terminal/interrupt.ts';
import { beginCommand } from './options/overwriting.ts';
import { findStoredPaths } from './options/stored-paths.ts';
import { say } from './terminal/streams.ts';
import { messageInTerminal } from './terminal/wording.ts';

/** Top-level commands; each is loaded only when it is called, so that help appears at once. */
const commands: Readonly<Record<string, { summary: string; load: () => Promise<() => Command> }>> = {
  text: {
    summary: 'train a language model on a text, and generate text with it',
    load: async () => (await import('./commands/text/command.ts')).textCommand,
  },
  dream: {
    summary: 'turn a picture into a DeepDream',
    load: async () => (await import('./commands/dream/command.ts')).dreamCommand,
  },
  style: {
    summary: 'repaint a picture in the style of others, or train a style to apply to any picture',
    load: async () => (await import('./commands/style/command.ts')).styleCommand,
  },
  vae: {
    summary: 'learn a latent space of pictures, walk through it, move pictures along concepts',
    load: async () => (await import('./commands/vae/command.ts')).vaeCommand,
  },
  gan: {
    summary: 'train a network on pictures of one kind, and generate new ones',
    load: async () => (await import('./commands/gan/command.ts')).ganCommand,
  },
  studio: {
    summary: 'open the studio: all systems in the browser, only on this machine',
    load: async () => (await import('./commands/studio.ts')).studioCommand,
  },
  publish: {
    summary: 'write a page with the model of a run in it, for any web host',
    load: async () => (await import('./commands/publish.ts')).publishCommand,
  },
  remake: {
    summary: 'make a picture again from the recipe in its file, and compare',
    load: async () => (await import('./commands/remake/command.ts')).remakeCommand,
  },
  models: {
    summary: 'list the pretrained networks and fetch their weights',
    load: async () => (await import('./commands/models/command.ts')).modelsCommand,
  },
  data: {
    summary: 'list and preview the data sets of pictures for training, and the prepared data in the cache',
    load: async () => (await import('./commands/data/command.ts')).dataCommand,
  },
  export: {
    summary: 'write the model of a run as an .onnx file for any ONNX runtime',
    load: async () => (await import('./commands/export.ts')).exportCommand,
  },
  info: {
    summary: 'show what a run is and how its training developed',
    load: async () => (await import('./commands/info.ts')).infoCommand,
  },
  quickstart: {
    summary: 'try all five systems offline in a few minutes, with a gallery page',
    load: async () => (await import('./commands/quickstart/command.ts')).quickstartCommand,
  },
};

/**
 * The program without its commands. It only has to know their names: for help, the version and unknown names.
 */
function program(): Command {
  const root = new Command('latentbrush')
    .description(
      'Generative deep learning: dream, paint, train, sample and steer small generative models, offline.',
    )
    .version(version)
    .configureHelp({ showGlobalOptions: false });
  for (const [name, { summary }] of Object.entries(commands)) {
    root.command(name).description(summary).argument('[arguments...]').helpOption(false);
  }
  throwInsteadOfExit(root);
  return root;
}

// A command gets its arguments unchanged: it handles `--` itself, after which nothing is an option.
async function runCommand(name: string, args: readonly string[]): Promise<void> {
  const command = (await commands[name]!.load())();
  throwInsteadOfExit(command);
  refuseEmptyWords(command);
  command.hook('preAction', async (_, called) => {
    await findStoredPaths(called);
    await beginCommand(called);
  });
  command.name(`latentbrush ${name}`);
  if (args.length === 0 && command.commands.length > 0) command.outputHelp();
  else await command.parseAsync(withNegativeNumbers(args), { from: 'user' });
}

// An empty word usually comes from an unset variable. Only a text, such as a prompt, can be empty.
function refuseEmptyWords(command: Command): void {
  command.hook('preAction', (_, called) => {
    const options = called.options.filter(
      (option) => called.getOptionValue(option.attributeName()) === '' && !option.flags.endsWith('<text>'),
    );
    const place = called.args.indexOf('');
    const names = called.registeredArguments;
    const missing =
      options[0]?.flags ?? (place < 0 ? undefined : names[Math.min(place, names.length - 1)]?.name());
    if (missing !== undefined)
      throw new InputError(`${missing}: the value is empty; give a value, or leave it out`);
  });
}

// Usage errors are thrown, with nothing printed yet, so that all errors look the same.
function throwInsteadOfExit(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  for (const child of command.commands) throwInsteadOfExit(child);
}

/**
 * Runs the command line.
 * @param args without the name of the program
 * @returns the exit code: 0 success, 1 failure (a full disk under a standard stream, too), 2 bad input, 3
 * `remake` made another picture, 130 ended by Ctrl-C, 129 by a closed terminal, 143 by SIGTERM, 141 by a reader that closed the pipe, as
 * `head` does
 */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined) program().outputHelp();
    else if (Object.hasOwn(commands, name)) await runCommand(name, rest);
    else if (name === 'help' && Object.hasOwn(commands, rest[0] ?? ''))
      await runCommand(rest[0]!, ['--help']);
    else await program().parseAsync(args, { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    say(`${error.message.replace(/\n/g, ' ')}; see --help`);
    return 2;
  }
  if (error instanceof Error && error.name === 'AbortError') {
    if (!isReaderGone()) say('interrupted before there was anything to save');
    return interruptedCode();
  }
  const message = messageInTerminal(error);
  say(`error: ${message.replace(/\s*\n\s*/g, ' ')}`);
  if (process.env.LATENTBRUSH_DEBUG !== undefined && error instanceof Error)
    process.stderr.write(`${error.stack}\n`);
  return error instanceof Error && error.name === 'InputError' ? 2 : 1;
}

/**
 * Changes lists of numbers that begin with a minus, such as the point `-0.5,1`, so that they are not parsed
 * as options: it adds a space before them, which the reader of numbers ignores. Commander already knows
 * single numbers. After `--` nothing is an option.
 */
function withNegativeNumbers(args: readonly string[]): string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  return args.map((arg, index) => (index < end && /^-[\d.][^,]*,/.test(arg) ? ` ${arg}` : arg));
}
