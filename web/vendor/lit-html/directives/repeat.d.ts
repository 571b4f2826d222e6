/** A piece of a page for each item; the one of an item stays its own, wherever the item comes to stand. */
export function repeat<T>(items: Iterable<T>, key: (item: T) => unknown, piece: (item: T) => unknown): unknown;
