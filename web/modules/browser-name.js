/** What people call a browser, from how it describes itself. */

/** The first that fits names it: many browsers name others too. */
const BROWSERS = [
  ["Edg", "Edge"],
  ["OPR", "Opera"],
  ["SamsungBrowser", "Samsung Internet"],
  ["FxiOS", "Firefox"],
  ["Firefox", "Firefox"],
  ["CriOS", "Chrome"],
  ["HeadlessChrome", "Chrome"],
  ["Chrome", "Chrome"],
  ["Safari", "Safari"],
];

const SYSTEMS = [
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Android", "Android"],
  ["Windows", "Windows"],
  ["CrOS", "Chromebook"],
  ["Mac OS X", "Mac"],
  ["Linux", "Linux"],
];

/**
 * As in "Firefox, Windows"; the whole description where no name fits, and nothing where there is none.
 *
 * @param {string | null | undefined} description
 */
export function browserName(description) {
  /** @param {string[][]} names */
  const first = (names) => names.find(([sign]) => description?.includes(sign))?.[1];
  const parts = [first(BROWSERS), first(SYSTEMS)].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(", ") : description || undefined;
}
