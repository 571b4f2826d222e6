/**
 * The way back to a list: it shows as many rows as before, where they stood, with the keyboard on the link that was followed. That is kept
 * with this step of the browser's history, and gone with it.
 *
 * @param {{ count(): number, reload(wanted?: number): Promise<void> }} list
 * @returns {() => Promise<void>} reads the list
 */
export function wayBack(list) {
  addEventListener("click", ({ target }) => {
    const link = target instanceof Element ? target.closest("a") : null;
    if (link) {
      history.replaceState({ rows: list.count(), y: scrollY, link: link.id }, "");
    }
  });
  return async () => {
    const { rows, y, link } = history.state ?? {};
    await list.reload(rows);
    if (rows) {
      document.getElementById(link)?.focus({ preventScroll: true });
      scrollTo(0, y);
    }
  };
}
