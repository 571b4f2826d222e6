/** What the pages use of lit-html. */

export interface TemplateResult {
  strings: TemplateStringsArray;
  values: unknown[];
}

/** A piece of a page; the values between its strings are written as text, attributes, properties or listeners. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): TemplateResult;

/** Nothing: no text, or no attribute. */
export const nothing: unique symbol;

/** Writes a piece of a page into an element, changing only what is another than before. */
export function render(piece: TemplateResult | typeof nothing, into: HTMLElement): unknown;
