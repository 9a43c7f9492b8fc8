import sharp from 'sharp';

/** Milliseconds of a picture of the film while something moves. */
const STEP_MS = 70;

/** The arrow of the pointer, which screenshots do not contain, and a line that says when time is left out. */
const OVERLAY = `
  <svg id="film-arrow" width="22" height="22" viewBox="0 0 22 22">
    <path d="M3 2 L3 17 L7 13.4 L9.8 19.4 L12.4 18.2 L9.7 12.4 L15 12.2 Z" fill="#fff" stroke="#000" stroke-width="1.3"/>
  </svg>
  <p id="film-note">Sped up</p>`;

/** A film of a page, picture by picture: how long the machine takes between two pictures does not show. */
export class Recorder {
  /** @type {{ png: Buffer, ms: number }[]} */
  #pictures = [];
  #x = 480;
  #y = 420;
  #isSpedUp = false;

  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
  }

  /** Seconds of the film. */
  get seconds() {
    return this.#pictures.reduce((sum, { ms }) => sum + ms, 0) / 1000;
  }

  /** Adds the page as it is now. @param {number} [ms] */
  async take(ms = STEP_MS) {
    await this.page.evaluate(
      ({ html, x, y, isSpedUp }) => {
        let overlay = document.getElementById('film-overlay');
        if (overlay === null) {
          overlay = document.createElement('div');
          overlay.id = 'film-overlay';
          overlay.innerHTML = html;
          overlay.style.cssText = 'position:fixed;inset:0;z-index:99;pointer-events:none';
        }
        // A dialog is above everything else but what is in it.
        const place = document.querySelector('dialog[open]') ?? document.body;
        if (overlay.parentElement !== place) place.append(overlay);
        const [arrow, note] = /** @type {[SVGElement, HTMLElement]} */ (
          /** @type {unknown} */ (overlay.children)
        );
        arrow.style.cssText = `position:fixed;left:${x - 3}px;top:${y - 2}px`;
        note.style.cssText =
          'position:fixed;right:16px;bottom:14px;margin:0;padding:4px 12px;border-radius:99px;background:#000b;color:#fff;font:13px sans-serif';
        note.hidden = !isSpedUp;
        if (!isSpedUp) note.style.display = 'none';
      },
      { html: OVERLAY, x: this.#x, y: this.#y, isSpedUp: this.#isSpedUp },
    );
    const png = await this.page.screenshot({ animations: 'allow', caret: 'initial' });
    const last = this.#pictures.at(-1);
    if (last?.png.equals(png) === true) last.ms += ms;
    else this.#pictures.push({ png, ms });
  }

  /** Says in the pictures that follow that they show less time than passed. @param {boolean} isSpedUp */
  spedUp(isSpedUp) {
    this.#isSpedUp = isSpedUp;
  }

  /**
   * Moves the pointer to a place, slowly at first and at last.
   * @param {{ x: number, y: number }} to @param {number} [steps]
   */
  async move({ x, y }, steps = 7) {
    const [fromX, fromY] = [this.#x, this.#y];
    for (let step = 1; step <= steps; step++) {
      const share = (1 - Math.cos((Math.PI * step) / steps)) / 2;
      this.#x = fromX + share * (x - fromX);
      this.#y = fromY + share * (y - fromY);
      await this.page.mouse.move(this.#x, this.#y);
      await this.take();
    }
  }

  /** The middle of an element. @param {import('playwright-core').Locator} element @param {number} [across] share of its width */
  async middle(element, across = 0.5) {
    const box = await element.boundingBox();
    if (box === null) throw new Error(`${String(element)} is not in the page`);
    return { x: box.x + across * box.width, y: box.y + box.height / 2 };
  }

  /** Moves to an element and presses it. @param {import('playwright-core').Locator} element @param {number} [steps] */
  async press(element, steps) {
    const height = this.page.viewportSize()?.height ?? 0;
    let place = await this.middle(element);
    if (place.y > height - 20) {
      await this.scroll((await this.page.evaluate(() => scrollY)) + place.y - 0.7 * height);
      place = await this.middle(element);
    }
    await this.move(place, steps);
    await this.take(160);
    await this.page.mouse.down();
    await this.page.mouse.up();
  }

  /** Drags from where the pointer is. @param {readonly { x: number, y: number, steps: number }[]} places */
  async drag(places) {
    await this.page.mouse.down();
    for (const { steps, ...place } of places) await this.move(place, steps);
    await this.page.mouse.up();
  }

  /** Scrolls the page softly. @param {number} top in pixels @param {number} [steps] */
  async scroll(top, steps = 8) {
    const from = await this.page.evaluate(() => scrollY);
    for (let step = 1; step <= steps; step++) {
      const share = (1 - Math.cos((Math.PI * step) / steps)) / 2;
      await this.page.evaluate((y) => scrollTo({ top: y, behavior: 'instant' }), from + share * (top - from));
      await this.take();
    }
  }

  /** The film as an animated WebP. @param {number} width in pixels @param {number} quality 1 to 100 */
  async webp(width, quality) {
    const frames = this.#pictures.map(({ png }) => sharp(png).resize({ width }).png().toBuffer());
    return sharp(await Promise.all(frames), { join: { animated: true } })
      .webp({ quality, effort: 4, loop: 0, delay: this.#pictures.map(({ ms }) => ms), minSize: true })
      .toBuffer();
  }

  /** Every picture, and how long it is shown. */
  get pictures() {
    return this.#pictures;
  }
}
