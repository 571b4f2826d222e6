/** Putting a file into the store. `fetch` tells nothing of how far it has come. */

/** For how long nothing may move, neither of the file nor of the answer, before it is given up. */
const STALLED_MS = 30_000;

/**
 * @param {{ method: string, url: string, headers: Record<string, string> }} upload
 * @param {File} file
 * @param {(bytes: number) => void} moved how many bytes have gone so far
 * @param {AbortSignal} stopped
 * @returns {Promise<number | "stalled">} the store's status; 0 if no answer came
 */
export function put({ method, url, headers }, file, moved, stopped) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    let isStalled = false;
    const giveUp = () => {
      isStalled = true;
      request.abort();
    };
    let timer = setTimeout(giveUp, STALLED_MS);
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = ({ loaded }) => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, STALLED_MS);
      moved(loaded);
    };
    request.onloadend = () => {
      clearTimeout(timer);
      resolve(isStalled ? "stalled" : request.status);
    };
    stopped.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
