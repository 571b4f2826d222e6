/** Downloads, and mails to oneself: the browser goes to an address, and the page stays all the same. */

let isBeginning = false;

/** Whether the browser is being sent to a download, which is no reason to ask whether it may leave the page. */
export const isDownloading = () => isBeginning;

/** The page will stay, although the browser is about to go to an address. */
export function leaving() {
  isBeginning = true;
  setTimeout(() => (isBeginning = false));
}

/** @param {string} url */
export function downloadFrom(url) {
  leaving();
  location.assign(url);
}
