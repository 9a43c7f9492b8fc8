/**
 * A window with an empty cache.
 * @param {import('playwright-core').Browser} browser
 */
export async function emptyWindow(browser) {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 900 } });
  return context.newPage();
}
