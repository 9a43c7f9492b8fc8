import { mkdir, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onnxFile } from '../../../pretrained/weights/testing/onnx-files.ts';
import { pretrainedWeights } from '../../../pretrained/weights/registry.ts';
import { badPictureFiles, badPictures } from '../../testing/bad-pictures.ts';
import { badWeights, badWeightsFiles } from '../../testing/bad-weights.ts';
import { folderOfPictures, pattern } from '../../testing/pictures.ts';
import { refusal } from '../../testing/refusal.ts';
import { dream, folderWithPhoto, photo, quick } from './testing/dreams.ts';

describe('dream: bad input ends in one line on standard error, code 2 and nothing half-written', () => {
  const inputs: [string, string[], RegExp][] = [
    ...Object.entries(badPictures).map(([name, message]): [string, string[], RegExp] => [
      `the picture ${name}`,
      [name],
      message,
    ]),
    ['an invalid guide', ['photo.png', '--guide', 'notes.png'], badPictures['notes.png']],
    ['a mask that is truncated', ['photo.png', '--mask', 'cut.png'], badPictures['cut.png']],
    ['a missing picture', ['none.png'], /none\.png: no such file or folder; check the path/],
    ['a folder without pictures', ['void'], /void: it contains no pictures/],
    ['no picture', [], /no picture was given; name one, a folder of frames, or --noise/],
    ['a picture and noise', ['photo.png', '--noise', '96x96'], /a picture \(photo\.png\) and --noise were/],
    ['noise without a size', ['--noise', 'big'], /--noise: "big" is not a size; write WIDTHxHEIGHT/],
    ['enormous noise', ['--noise', '60000x60000'], /--noise: has 60000x60000 pixels .* above the limit of/],
  ];
  const outputs: [string, string[], RegExp][] = [
    [
      'a wrong extension',
      ['-o', 'x.bmp'],
      /x\.bmp: "\.bmp" is not an extension of a picture file.*use \.png/,
    ],
    ['no extension', ['-o', 'x'], /x: has no extension that can be written/],
    ['a missing folder', ['-o', 'no/x.png'], /no\/x\.png: the folder to write into does not exist/],
    ['a folder in its place', ['-o', 'void.png'], /void\.png: is a folder; a file is needed here/],
    ['an animation of another kind', ['--zoom', '1.1', '-o', 'x.txt'], /x\.txt: \.txt is not an animation/],
    ['a folder with files', ['--zoom', '1.1', '-o', 'full'], /full: already contains files/],
    ['a folder below a file', ['--zoom', '1.1', '-o', 'photo.png/x'], /photo\.png is a file; a folder is/],
  ];
  const settings: [string, string[], RegExp][] = [
    ['an unknown layer', ['--layers', 'mixd3=1'], /layer "mixd3" does not exist in .*nearest: mixed3/],
    ['an unknown channel', ['--layers', 'mixed0:256=1'], /layer "mixed0" has channels 0 to 255; channel 256/],
    ['a mix that cannot be read', ['--layers', 'mixed3=much'], /--layers: "mixed3=much" cannot be read/],
    [
      'a layer beyond the embedded trunk',
      ['--layers', 'mixed8=1', '--offline'],
      /layer "mixed8" is beyond the embedded trunk .*ends at mixed5; .*models fetch inception_v3/,
    ],
    [
      'a layer beyond the trunk, requested from it',
      ['--backbone', 'embedded', '--layers', 'mixed8=1'],
      /mixed8.*mixed5.*models fetch inception_v3/,
    ],
    ['an unknown network', ['--backbone', 'resnet'], /backbone "resnet" does not exist/],
    ['a negative scale', ['--octave-scale', '-1'], /--octave-scale: -1 was given; /],
    ['half an octave', ['--octaves', '1.5'], /--octaves: 1\.5 was given; /],
    [
      'octaves that are too small',
      ['--layers', 'mixed3=1', '--octaves', '4'],
      /photo\.png: octave 1 is 40x36; mixed3 needs at least 107x107; use a larger picture/,
    ],
    [
      'more octaves than fit',
      ['--layers', 'conv2d_5=1', '--octaves', '7'],
      /photo\.png: octave 1 is 14x13; conv2d_5 needs at least (\d+)x\1 \(--octaves [3-6] fits\)/,
    ],
    [
      'a --size that is too small',
      ['--layers', 'mixed3=1', '--octaves', '1', '--size', '60'],
      /photo\.png \(--size 60\): is 60x55; mixed3 needs at least 107x107/,
    ],
    [
      'tiles that are too small',
      ['--layers', 'mixed0=1', '--octaves', '1', '--tile', '16'],
      /--tile: photo\.png is computed in tiles of 16x16; mixed0 needs at least (\d+)x\1; give --tile \1 or/,
    ],
    ['too many mixes', ['--explore', '201'], /--explore: 201 is not a number of pictures; give 1 to 200/],
    ['a zoom outwards', ['--zoom', '0.9'], /--zoom: 0\.9 is not possible; give 1/],
    ['an animation too small for the network', ['--zoom', '1.1', '-o', 'film'], /photo\.png: octave 1 is /],
    ['an invalid size', ['--size', '0'], /--size: 0 was given; a whole number of at least 1 is needed/],
    ['a zoom of a wrong number, before its target', ['--zoom', '-1', '-o', 'x.png'], /--zoom: -1 is not/],
    ['no frames, before their target', ['--frames', '0', '-o', 'x.png'], /--frames: 0 is not a number of/],
    [
      'a carry for one picture',
      ['--carry', '5'],
      /--carry: works with the frames of an animation \(.*\), not with one/,
    ],
    ['a zoom of an exploration', ['--explore', '3', '--zoom', '1.05'], /--zoom: works with a zoom/],
    ['preprocessing of a known network', ['--preprocessing', 'caffe'], /--preprocessing: inception_v3 has/],
    [
      'weights for an ONNX file',
      ['--backbone', 'x.onnx', '--weights', 'w.h5'],
      /w\.h5: the network in x\.onnx has its own weights; leave the file out/,
    ],
    [
      "a network without the book's layers",
      ['--backbone', 'vgg19'],
      /--layers: the book's layers are not in vgg19; choose some of its layers, such as block3_pool, block4_conv1, .*layers vgg19\)/,
    ],
    ['a layer given twice', ['--layers', 'mixed4=1,mixed4=2'], /--layers: mixed4 is given twice; give each/],
    ['a channel below 0', ['--layers', 'mixed4:-1=1'], /"mixed4:-1=1" asks for channel -1; channels count/],
    ['an invalid seed', ['--seed', '-1'], /--seed: -1 was given/],
    ['an unknown option', ['--octave', '3'], /unknown option '--octave'/],
  ];
  it.each([
    ...inputs,
    ...[...outputs, ...settings].map(([what, args, message]): [string, string[], RegExp] => [
      what,
      ['photo.png', ...args],
      message,
    ]),
  ])('%s', async (_, args, message) => {
    const folder = await folderWithPhoto();
    for (const [name, bytes] of Object.entries(await badPictureFiles()))
      await writeFile(join(folder, name), bytes);
    for (const name of ['void', 'void.png', 'full']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'full', 'something'), '');
    expect(await refusal(['dream', ...args], folder)).toMatch(message);
  });

  it.each(['film.gif', 'frames', 'made/for/frames'])('frames of different sizes, for %s', async (target) => {
    const folder = await folderOfPictures({ 'film/1.png': photo, 'film/2.png': pattern(100, 110) });
    const args = ['dream', 'film', ...quick, '-o', target, '--quiet'];
    expect(await refusal(args, folder)).toMatch(
      /^error: film\/2\.png: the frame is 100x110, those before it 110x100; all frames must have the same size$/m,
    );
  });

  it.each(['notes.png', 'cut.png'] as const)('a folder whose only frame is %s', async (name) => {
    const folder = await folderOfPictures({});
    await mkdir(join(folder, 'film'));
    await writeFile(join(folder, 'film', name), (await badPictureFiles())[name]);
    const { code, stdout, stderr } = await dream(['film', ...quick, '-o', 'frames', '--quiet'], folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const [leftOut, error, ...more] = stderr.trimEnd().split('\n');
    expect(leftOut).toMatch(badPictures[name]);
    expect(error).toMatch(/^error: film: none of its 1 picture can be read; the first: film\//);
    expect({ more, files: await readdir(folder) }).toEqual({ more: [], files: ['film'] });
  });

  it.each(Object.entries(badWeights))('the weights %s', async (name, message) => {
    const folder = await folderWithPhoto();
    await writeFile(join(folder, name), (await badWeightsFiles())[name as keyof typeof badWeights]);
    expect(await refusal(['dream', 'photo.png', ...quick, '--weights', name], folder)).toMatch(message);
  });

  it('weights with a wrong checksum, and an ONNX network with data outside its folder', async () => {
    const folder = await folderWithPhoto();
    const { fileName, size } = pretrainedWeights.inception_v3;
    await writeFile(join(folder, fileName), '');
    await truncate(join(folder, fileName), size); // the right size, but all zeros
    expect(await refusal(['dream', 'photo.png', ...quick, '--data-dir', '.'], folder)).toMatch(
      /not the weights of inception_v3 as Keras publishes them \(md5 .*, expected .*\); fetch them again from https:/,
    );
    const nodes = [{ operator: 'Mul', inputs: ['image', 'w'], output: 'y' }];
    const weights = [{ name: 'w', shape: [1, 3, 1, 1], data: [], external: '../../secret' }];
    await writeFile(join(folder, 'evil.onnx'), onnxFile(weights, { name: 'image', shape: [1, 3, 64, 64] }, nodes)); // prettier-ignore
    expect(await refusal(['dream', 'photo.png', '--backbone', 'evil.onnx', '--layers', 'y'], folder)).toMatch(
      /layer "y" of evil\.onnx cannot be used: .*outside the model's own folder/,
    );
  });

  it.skipIf(process.getuid?.() === 0)(
    'files without permission to read (needs a user who is not root)',
    async () => {
      const folder = await folderWithPhoto();
      const { chmod } = await import('node:fs/promises');
      await chmod(join(folder, 'photo.png'), 0);
      expect(await refusal(['dream', 'photo.png'], folder)).toMatch(/photo\.png: no permission to read here/);
    },
  );
});
