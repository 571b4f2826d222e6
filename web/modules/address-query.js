/** What stands behind the `?` of this page's address: filters, so that a reload, a bookmark and "back" keep them. */

/**
 * @param {string} name
 * @returns {string} empty if it is not there
 */
export const inAddress = (name) => new URLSearchParams(location.search).get(name) ?? "";

/** The place that was kept of another list is none of this one. @param {Record<string, string>} values empty ones are left out */
export function putInAddress(values) {
  const filled = Object.entries(values).filter(([, value]) => value !== "");
  const query = String(new URLSearchParams(filled));
  history.replaceState(null, "", query ? `${location.pathname}?${query}` : location.pathname);
}
