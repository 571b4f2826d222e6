/** A piece of a page that is made anew, whole, when `key` is another than before. */
export function keyed(key: unknown, piece: unknown): unknown;
