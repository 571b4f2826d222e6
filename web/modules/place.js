/** Where this page stands: addresses of pages, all below the firm's own. */

/** The parts of this page's path. */
export const segments = location.pathname.split("/").slice(1).map(decodeURIComponent);

/** The firm, as it stands in all addresses of its pages. */
export const firmId = segments[0];

/**
 * The address of a page of this firm.
 *
 * @param {string} path what follows the firm, as in `staff/contacts`; empty for the home of its clients
 */
export const at = (path) => (path ? `/${firmId}/${path}` : `/${firmId}`);
