import { expect, it } from 'vitest';
import { describeInBrowser, expectAccessible } from './testing/studio-in-browser.ts';

describeInBrowser('making pictures in a browser', 120_000, ({ at, opened, complaints }) => {
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
});
