import { createHash } from 'node:crypto';
import { encodePicture, fitWithin, picture, readPicture, recipe } from 'latentbrush/image';
import { expect, it } from 'vitest';
import { describeInBrowser, expectAccessible, setOptions } from './testing/studio-in-browser.ts';

describeInBrowser('making pictures in a browser', 120_000, ({ at, folder, opened, complaints }) => {
  it('makes a sheet of variations cell by cell; a press takes the values of one into the form', async () => {
    const window = await opened({ place: '/go/dream?input=example:cat' });
    await window.getByText('Fine lines').click();
    await window.getByText('Try variations').click();
    await window.getByLabel('Vary', { exact: true }).selectOption({ label: 'Octaves' });
    await window.getByLabel(/^Values of Octaves/).fill('1, 20');
    await window.getByLabel('And, downwards').selectOption({ label: 'Iterations' });
    await window.getByLabel(/^Values of Iterations/).fill('1, 2');
    await window.getByRole('button', { name: 'Make 4 small pictures' }).press('Enter');
    const sheet = window.getByRole('region', { name: 'Variations' });
    await sheet.getByRole('link', { name: 'Download the sheet' }).waitFor();
    await expect(sheet.getByText(/cat.jpg .*“Size” 384.*octave 1 is/).count()).resolves.toBe(2);
    const cell = sheet.getByRole('button', { name: 'Octaves 1, Iterations 2' });
    await cell.press('Enter');
    expect(await cell.getAttribute('aria-pressed')).toBe('true');
    await window.getByText('All options').click();
    expect(await window.getByLabel('Iterations', { exact: true }).last().inputValue()).toBe('2');
    await expectAccessible(window, 'variations at 1200');
    await window.setViewportSize({ width: 360, height: 900 });
    await expectAccessible(window, 'variations at 360');

    await window.reload(); // the sheet is in the address
    await cell.waitFor();
    await window.goto(at('/go/gallery'));
    await window.getByRole('button', { name: /^Open Dream · Variations/ }).press('Enter');
    await window.getByRole('link', { name: 'Open its settings' }).click();
    await cell.waitFor();
    expect(complaints).toEqual([]);
    await window.context().close();
  });

  it('opens the recipe of a dropped picture, marks what is changed, and runs it again on the same picture', async () => {
    const window = await opened({ place: '/go/dream' });
    const sha256 = createHash('sha256')
      .update(new Uint8Array(await (await window.request.get(at('/api/examples/cat'))).body()))
      .digest('hex');
    const made = recipe({
      system: 'dream',
      job: 'dream.picture',
      seed: 7,
      options: { size: 200, octaves: 2, iterations: 2, roles: { picture: [0] } },
      inputs: [{ name: 'cat.jpg', sha256 }],
    });
    const file = Buffer.from(await encodePicture(picture(3, 64, 64), 'png', { recipe: made }));
    await window
      .getByLabel('Choose a picture')
      .setInputFiles({ name: 'dream.png', mimeType: 'image/png', buffer: file });
    const notice = window.getByRole('region', { name: 'Latentbrush made this picture' });
    await notice.getByText('has its inputs and uses them again').waitFor();
    await notice.getByRole('button', { name: 'Edit it and run it again' }).press('Enter');
    await window.getByText('as in the recipe', { exact: true }).waitFor();
    expect(new URL(window.url()).searchParams.get('input')).toBe('example:cat');
    const octaves = window.getByLabel('Octaves', { exact: true }).last();
    expect(await octaves.inputValue()).toBe('2');
    await octaves.fill('1');
    const iterations = window.getByLabel('Iterations', { exact: true }).last();
    await iterations.fill('3');
    await window.getByText('2 differ from the recipe').waitFor();
    await window.getByRole('button', { name: 'As in the recipe: Iterations' }).press('Enter');
    await window.getByText('In the recipe: 2', { exact: true }).waitFor();
    expect(await iterations.inputValue()).toBe('2');
    for (const width of [360, 1200]) {
      await window.setViewportSize({ width, height: 900 });
      await expectAccessible(window, `a recipe at ${width}`);
    }
    await window.keyboard.press('Control+Enter');
    await window.getByLabel(/^Compare before and after/).waitFor();
    await window.getByText('1 differs from the recipe').waitFor(); // also after it ran
    const [job] = (await (await window.request.get(at('/api/jobs'))).json()) as object[];
    expect(job).toMatchObject({ options: { size: 200, octaves: 1, iterations: 2, seed: 7 } });
    expect(complaints).toEqual([]);
    await window.context().close();
  });

  it('draws a mask by keyboard and by pointer, undoes, and dreams only there', async () => {
    const window = await opened({ place: '/go/dream?input=example:cat' });
    await window.getByText('Fine lines').click();
    await window.getByText('Gentle').click();
    await setOptions(window, { Size: 256 });
    await window.getByRole('button', { name: 'Draw a mask' }).press('Enter');
    await expectAccessible(window, 'mask at 1200');
    const marks = window.getByRole('application', { name: 'Mask over the picture' });
    await marks.press(' '); // a dot in the middle
    await marks.press('e');
    await marks.press(' '); // which is erased
    await window.getByRole('button', { name: 'Undo' }).click();
    const { x, y, width, height } = (await marks.boundingBox())!;
    await window.getByText('Paint', { exact: true }).click();
    await window.mouse.move(x + width * 0.02, y + height * 0.05);
    await window.mouse.down();
    await window.mouse.move(x + width * 0.3, y + height * 0.05);
    await window.mouse.up();
    await window.getByRole('button', { name: 'Use this mask' }).click();
    await window.getByAltText('The mask', { exact: true }).waitFor();
    await window.keyboard.press('Control+Enter');
    await window.getByLabel(/^Compare before and after/).waitFor();

    const [job] = (await (await window.request.get(at('/api/jobs'))).json()) as {
      inputs: { mask: string; picture: string };
      artefacts: string[];
      id: string;
    }[];
    const mask = await readPicture(job!.inputs.mask);
    const valueAt = (across: number, down: number): number =>
      mask.data[Math.floor(mask.height * down) * mask.width + Math.floor(mask.width * across)]!;
    expect([valueAt(0.5, 0.5), valueAt(0.2, 0.05), valueAt(0.9, 0.9)]).toEqual([255, 255, 0]);
    const changed = `${folder()}/jobs/${job!.id}/${job!.artefacts.at(-1)!}`;
    const [before, after] = [
      fitWithin(await readPicture(job!.inputs.picture), 256),
      await readPicture(changed),
    ];
    const changeAt = (across: number, down: number): number => {
      const i = Math.floor(after.height * down) * after.width + Math.floor(after.width * across);
      return Math.abs(before.data[i]! - after.data[i]!);
    };
    expect(changeAt(0.9, 0.9)).toBeLessThanOrEqual(1);
    const around = Array.from({ length: 50 }, (_, i) => changeAt(0.48 + i / 1000, 0.5));
    expect(Math.max(...around)).toBeGreaterThan(3);

    await window.getByRole('button', { name: 'Remove it' }).click();
    await window.getByRole('button', { name: 'Draw a mask' }).waitFor();
    expect(new URL(window.url()).searchParams.get('input')).toBe('example:cat');
    expect(complaints).toEqual([]);
    await window.context().close();
  });

  it('moves through the octaves of a dream, begins again from one of them, and compares it with another', async () => {
    const window = await opened({ place: '/go/dream?input=example:cat' });
    await window.getByText('Fine lines').click();
    await window.getByText('Gentle').click();
    await setOptions(window, { Size: 256 });
    await window.keyboard.press('Control+Enter');
    const slider = window.getByRole('slider', { name: 'Octaves', exact: true });
    await slider.waitFor();
    await window.getByText('Medium', { exact: true }).first().click();
    await window.keyboard.press('Control+Enter');
    await slider.waitFor({ state: 'detached' });
    await slider.waitFor();
    expect(await slider.getAttribute('aria-valuetext')).toBe('Octave 3 of 3');
    const shown = window.getByAltText('After');
    const widthOf = (): Promise<number> =>
      shown.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth));
    expect(await widthOf()).toBe(256);
    await slider.press('Home');
    await window.getByText('Octave 1 of 3', { exact: true }).waitFor();
    expect(await widthOf()).toBeLessThan(256);
    await expectAccessible(window, 'octaves at 1200');
    await window.getByRole('button', { name: 'Use as input again' }).click();
    expect(new URL(window.url()).searchParams.get('input')).toMatch(/^job:.*dream-octave-1\.png$/);
    await slider.waitFor({ state: 'detached' });

    await window.goto(at('/go/gallery'));
    await window
      .getByRole('button', { name: /^Open Dream,/ })
      .first()
      .press('Enter');
    const dialog = window.getByRole('dialog');
    await dialog.getByRole('slider', { name: 'Octaves' }).press('ArrowLeft');
    await dialog.getByText('Octave 2 of 3', { exact: true }).waitFor();
    expect(await dialog.getByRole('link', { name: 'Download' }).getAttribute('href')).toContain('octave-2');

    await dialog.getByRole('button', { name: 'Compare', exact: true }).click();
    await dialog.getByAltText('The other').waitFor();
    await dialog.getByRole('row', { name: 'Iterations 20 10' }).waitFor();
    await expectAccessible(window, 'comparison at 1200');
    await dialog.getByText('With a slider').click();
    await dialog.getByRole('slider', { name: 'How much of each picture is shown' }).press('End');
    await window.setViewportSize({ width: 360, height: 900 });
    await expectAccessible(window, 'comparison at 360');
    await window.reload(); // the comparison is in the address
    await dialog.getByRole('button', { name: 'End the comparison' }).click();
    await dialog.getByRole('link', { name: 'Use as painting' }).click();
    await window.getByRole('heading', { name: 'Style' }).waitFor();
    expect(complaints).toEqual([]);
    await window.context().close();
  });
});
