/** The browsers in which whoever looks is signed in, and the way out of one or of all. */

/** @import { Audience } from "./api-types.js" */
/** @import { Device } from "./api.js" */

import { acting } from "./act.js";
import { call } from "./api.js";
import { browserName } from "./browser-name.js";
import { html, nothing } from "./html.js";
import { drawAndFocus, saying } from "./page.js";
import { each } from "./rows.js";
import { goOut } from "./session.js";
import { dayAndTime, words } from "./words.js";

/** @param {Audience} audience */
export function devicesView(audience) {
  const ending = acting();
  /** @type {Device[]} */
  let devices = [];
  /** @type {{ look: "receipt" | "error", say: () => string } | undefined} */
  let news;

  async function load() {
    ({ items: devices } = await call("get", "/api/devices", { audience }));
  }

  /** @param {Device} device */
  const end = ({ device, current }) =>
    ending(
      async () => {
        news = undefined;
        await call("delete", "/api/devices/{device}", { audience, params: { device } });
        if (current) {
          await goOut(audience);
        }
        await load();
        news = { look: "receipt", say: () => words.signedOutThere };
        // The button that was pressed is gone.
        drawAndFocus("h1");
      },
      (refusal) => (news = { look: "error", say: () => saying(refusal) }),
    );

  const endAll = () =>
    ending(
      async () => {
        news = undefined;
        await call("delete", "/api/devices", { audience });
        await goOut(audience);
      },
      (refusal) => (news = { look: "error", say: () => saying(refusal) }),
    );

  /** @param {Device} device */
  const row = (device) => html`
    <li>
      <strong>${browserName(device.browser) ?? words.unknownBrowser}</strong>${device.current ? html` <span>${words.thisBrowser}</span>` : nothing}
      <p class="hint">${words.signedInThere(dayAndTime(device.signed_in_at), device.ip ?? "")}</p>
      <p class="hint">${words.lastUsedThere(dayAndTime(device.last_used_at))}</p>
      <button type="button" class="second" aria-disabled=${ending.isBusy} @click=${() => end(device)}>
        ${device.current ? words.signOutAndForget : words.signOutThere}
      </button>
    </li>
  `;

  return {
    load,
    view: () => html`
      <h1 tabindex="-1">${words.devicesTitle}</h1>
      <p>${words.devicesText}</p>
      <div role="status">${news ? html`<p class=${news.look}>${news.say()}</p>` : nothing}</div>
      <ul class="rows">
        ${each(devices.map((device) => ({ ...device, id: device.device })), row)}
      </ul>
      <div class="buttons">
        <button type="button" class="second" aria-disabled=${ending.isBusy} @click=${endAll}>${ending.isBusy ? words.oneMoment : words.signOutEverywhere}</button>
      </div>
    `,
  };
}
