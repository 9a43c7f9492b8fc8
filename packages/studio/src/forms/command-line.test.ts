import { describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';

describe('the command line of a form', () => {
  it('has a flag for each option, as the command line writes it', () => {
    expect(
      commandLine(['dream', 'my cat.jpg'], { octaveScale: 1.5, decorrelate: true, saveRounds: false }),
    ).toBe("latentbrush dream 'my cat.jpg' --octave-scale 1.5 --decorrelate --no-save-rounds");
  });

  it('writes mixes of layers, sizes and lists', () => {
    const layers = [
      { layer: 'mixed3', coefficient: 2 },
      { layer: 'a b', channel: 7, coefficient: -1.5 },
    ];
    expect(commandLine(['dream'], { layers, noise: { height: 64, width: 96 }, styleBlend: [1, 2] })).toBe(
      `latentbrush dream --layers 'mixed3=2,"a b":7=-1.5' --noise 96x64 --style-blend 1,2`,
    );
  });

  it('quotes names, so that none becomes a command', () => {
    expect(commandLine(['dream', "$(rm -r ~)'; x"], {})).toBe(`latentbrush dream '$(rm -r ~)'\\''; x'`);
  });
});
