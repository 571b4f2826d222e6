/**
 * The firm's colour, kept readable whatever it is: darkened on light pages and lightened on dark ones until text in it, and text
 * of the page's own colour on it, can be read.
 */

/**
 * WCAG AA asks for 4.5; a little more makes up for rounding. On dark pages colours look duller than they measure. Grounds are those of
 * panels, which are nearer to the accent than that of pages.
 */
const LIGHT = { ground: [244, 245, 247], end: [0, 0, 0], contrast: 4.6 };
const DARK = { ground: [30, 33, 38], end: [255, 255, 255], contrast: 7 };

/** @typedef {number[]} Rgb red, green and blue from 0 to 255 */

/** @param {string} colour as `#rrggbb` */
export function wear(colour) {
  const own = /** @type {Rgb} */ ([1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)));
  const style = document.documentElement.style;
  style.setProperty("--firm", colour);
  style.setProperty("--accent-on-light", css(readable(own, LIGHT)));
  style.setProperty("--accent-on-dark", css(readable(own, DARK)));
}

/**
 * The colour nearest to `colour` on its way to `end` that can be read on `ground`.
 *
 * @param {Rgb} colour
 * @param {{ ground: Rgb, end: Rgb, contrast: number }} on
 */
function readable(colour, { ground, end, contrast: wanted }) {
  for (let share = 0; share < 1; share += 0.02) {
    const mixed = colour.map((part, index) => Math.round(part + (end[index] - part) * share));
    if (contrast(mixed, ground) >= wanted) {
      return mixed;
    }
  }
  return end;
}

/**
 * @param {Rgb} one
 * @param {Rgb} other
 */
function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** @param {Rgb} colour */
function luminance(colour) {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {Rgb} colour */
const css = (colour) => `rgb(${colour.join(" ")})`;
