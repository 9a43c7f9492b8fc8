import { expect, it } from 'vitest';
import { describeInBrowser, expectAccessible } from './testing/studio-in-browser.ts';

describeInBrowser('the networks that come with Latentbrush', 180_000, ({ opened, at, complaints }) => {
  it('are the first thing on the start page, and the explorer opens on faces without training', async () => {
    const window = await opened();
    const play = window.getByRole('region', { name: 'Play at once' });
    await play.getByRole('link', { name: 'A space of faces' }).waitFor();
    for (const width of [1200, 360]) {
      await window.setViewportSize({ width, height: 900 });
      await expectAccessible(window, `start at ${width}`);
    }
    await play.getByRole('link', { name: 'A space of faces' }).click();
    await window.getByText(/ms a picture/).waitFor();
    await window.getByRole('slider', { name: 'Smile' }).waitFor();
    await window.getByLabel('Language').selectOption('ko');
    await window.getByRole('slider', { name: '미소' }).waitFor();
    await window.getByLabel('언어').selectOption('en');
    await window.goto(at('/go/train'));
    await window.getByRole('heading', { name: 'Come with Latentbrush' }).waitFor();
    expect(await window.getByRole('button', { name: 'Continue' }).count()).toBe(0);
    expect(complaints).toEqual([]);
    await window.context().close();
  });

  it('write and paint without training', async () => {
    const window = await opened({ place: '/go/write' });
    await window.getByRole('textbox').first().fill('call me ishmael');
    await window.getByText(/Proposed in \d+ ms/).waitFor();
    await window.goto(at('/go/fast-style?input=example%3Acat'));
    await window.locator('.fast-style', { hasText: 'The Scream' }).click();
    await window.getByRole('button', { name: 'Paint', exact: true }).click();
    const painted = await window.getByRole('link', { name: 'Download' }).getAttribute('href');
    for (const width of [1200, 360]) {
      await window.setViewportSize({ width, height: 900 });
      await expectAccessible(window, `fast style at ${width}`);
    }
    // Its recipe opens the page with the same style and picture, from any other page.
    const buffer = await (await window.request.get(at(painted!))).body();
    await window.goto(at('/go/dream'));
    await window
      .getByLabel('Choose a picture')
      .setInputFiles({ name: 'painted.png', mimeType: 'image/png', buffer });
    await window.getByRole('button', { name: 'Edit it and run it again' }).click();
    await window.locator('.fast-style[aria-pressed="true"]', { hasText: 'The Scream' }).waitFor();
    await window.waitForURL(/input=example%3Acat/);
    await window.getByText('as in the recipe', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await window.context().close();
  });
});
