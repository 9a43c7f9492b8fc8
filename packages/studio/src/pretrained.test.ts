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
    await window.locator('.fast-style', { hasText: 'The Starry Night' }).click(); // the painting is among the pictures, too
    await window.getByRole('button', { name: 'Paint', exact: true }).click();
    await window.getByRole('link', { name: 'Download' }).waitFor();
    for (const width of [1200, 360]) {
      await window.setViewportSize({ width, height: 900 });
      await expectAccessible(window, `fast style at ${width}`);
    }
    expect(complaints).toEqual([]);
    await window.context().close();
  });
});
