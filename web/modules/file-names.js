/** Names of files: apart from what says of which kind they are, and told apart from each other. */

/** As many characters as a document's name can have. */
export const LONGEST_NAME = 255;

/**
 * A name in two: what people call it, and the ending by which programs know it.
 *
 * @param {string} name
 * @returns {[stem: string, ending: string]}
 */
export function parted(name) {
  const [, stem, ending] = /^(.+)(\.[a-z0-9_-]{1,10})$/i.exec(name) ?? ["", name, ""];
  return [stem, ending];
}

/**
 * What someone typed as a name: one that is left empty stays as it was, and a slash would begin a folder.
 *
 * @param {string} typed
 * @param {string} before
 */
export function renamed(typed, before) {
  const [stem, ending] = parted(before);
  const wanted = typed.replace(/[\\/]/g, "-").trim().slice(0, LONGEST_NAME - ending.length);
  return (wanted || stem) + ending;
}

/**
 * A name that none of `others` is: photos of one evening are all called alike.
 *
 * @param {string} name
 * @param {string[]} others
 */
export function numbered(name, others) {
  const taken = new Set(others.map((other) => other.toLowerCase()));
  const [stem, ending] = parted(name);
  let free = name;
  for (let number = 2; taken.has(free.toLowerCase()); number += 1) {
    const mark = ` (${number})`;
    free = stem.slice(0, LONGEST_NAME - mark.length - ending.length) + mark + ending;
  }
  return free;
}
