/** Downloads: the store sends them as attachments, so that the page stays. */

let isBeginning = false;

/** Whether the browser is being sent to a download, which is no reason to ask whether it may leave the page. */
export const isDownloading = () => isBeginning;

/** @param {string} url */
export function downloadFrom(url) {
  isBeginning = true;
  location.assign(url);
  setTimeout(() => (isBeginning = false));
}
