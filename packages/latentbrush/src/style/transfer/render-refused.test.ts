import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { type Backbone } from '../../pretrained/index.ts';
import { picture, type Picture } from '../../image/index.ts';
import { type StyleInput } from './options.ts';
import { type StylePicture } from './style-parts.ts';
import { likeVgg, likeInception, style, other, painting } from '../testing/painting.ts';

describe('what cannot be painted is refused in one line', () => {
  const two = [style, other];
  const black = picture(1, 4, 4);
  const short: Backbone = { ...likeVgg, smallestSize: () => 40 };
  const cases: [
    string,
    StyleInput,
    { styles?: readonly StylePicture[]; source?: Picture; backbone?: Backbone },
    RegExp,
  ][] = [
    ['no style', {}, { styles: [] }, /^style: no style picture was given; give at least one$/],
    [
      'too few weights',
      { styleBlend: [1] },
      { styles: two },
      /option styleBlend: 1 weight was given for 2 style pictures/,
    ],
    ['weights of 0', { styleBlend: [0, 0] }, { styles: two }, /option styleBlend: all weights are 0/],
    [
      'weights none of which counts',
      { contentWeight: 0, styleWeight: 0, tvWeight: 0 },
      {},
      /^option contentWeight, option styleWeight and option tvWeight: all of them are 0, so nothing would be painted; /,
    ],
    [
      'a black mask',
      {},
      { styles: [style, { ...other, mask: black }] },
      /^mask 2: it is all black, so style 2 would be painted nowhere/,
    ],
    [
      'a black mask that has a name',
      {},
      { styles: [style, { ...other, mask: black, name: 'wave.png', maskName: 'sky.png' }] },
      /^sky\.png: it is all black, so wave\.png would be painted nowhere/,
    ],
    [
      'an unknown layer',
      { contentLayer: 'conv_8' },
      {},
      /layer "conv_8" does not exist in vgg-tiny; nearest: conv_/,
    ],
    [
      'a network without the layers of the preset',
      { contentLayer: undefined },
      {},
      /^option contentLayer: its default is not in vgg-tiny; name some of its layers, such as conv_1/,
    ],
    [
      'a size too small',
      {},
      { backbone: short },
      /option height: at 36x24 vgg-tiny has no output.*at least 40 pixels/,
    ],
    [
      'a style too small',
      { styleSize: 0.5, height: 48 },
      { backbone: short },
      /style 1: at 36x36 vgg-tiny has no output.*raise option styleSize/,
    ],
    [
      'too little memory',
      { maxMemory: 0.5 },
      {},
      /memory: this needs about \d+\.\d GiB, and the limit is 0\.5 GiB; lower option height, or raise option maxMemory/,
    ],
    ['a picture far too wide', { height: 8000 }, { source: picture(3, 1, 3000) }, /memory: this needs about/],
    [
      'one evaluation a round',
      { evaluations: 1 },
      {},
      /option evaluations: 1 is too few for L-BFGS.*choose option optimizer adam/,
    ],
    [
      'weights that make the loss infinite',
      { styleWeight: 1e40 },
      { backbone: likeInception },
      /^loss: style conv_1, style conv_2, style conv_3 is NaN or infinite; lower the weights/,
    ],
    [
      'weights that make only the gradient infinite',
      { styleWeight: 3e38 },
      { backbone: likeInception },
      /^loss: it or its gradient is NaN or infinite; lower the weights/,
    ],
    ['an unknown option', { heigth: 3 } as StyleInput, {}, /option heigth: there is no such option/],
  ];
  it.each(cases)('%s', async (_, options, pictures, message) => {
    const work = painting(options, pictures);
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(message);
    await expect(work).rejects.not.toThrow(/\n/);
  });

  it('but one evaluation a round is enough for Adam', async () => {
    await expect(painting({ evaluations: 1, optimizer: 'adam' })).resolves.toMatchObject({ height: 24 });
  });
});
