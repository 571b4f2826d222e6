/** Downloads: the store sends them as attachments, so that the page stays. */

let isBeginning = false;

/** Whether the browser is being sent to a download, which is no reason to ask whether it may leave the page. */
export const isDownloading = () => isBeginning;

/** Saves what this page holds. @param {{ file: Blob, name: string }} found */
export function save({ file, name }) {
  const url = URL.createObjectURL(file);
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url));
}

/** @param {string} url */
export function downloadFrom(url) {
  isBeginning = true;
  location.assign(url);
  setTimeout(() => (isBeginning = false));
}
