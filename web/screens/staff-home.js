/** Where staff arrive: the ways on. */

import { start } from "../modules/page.js";
import { at } from "../modules/place.js";
import { administers, staffMenu } from "../modules/staff-menu.js";
import { staffWords } from "../modules/words.js";
import { html, nothing } from "../modules/html.js";

function view() {
  const texts = staffWords;
  return html`
    <h1>${texts.staffTitle}</h1>
    <ul class="rows">
      <li>
        <div class="what">
          <a class="target" href=${at("staff/contacts")}>${texts.contacts}</a>
          <p class="hint">${texts.contactsText}</p>
        </div>
      </li>
      <li>
        <div class="what">
          <a class="target" href=${at("staff/access-log")}>${texts.accessLog}</a>
          <p class="hint">${texts.accessLogText}</p>
        </div>
      </li>
      <li>
        <div class="what">
          <a class="target" href=${at("staff/settings")}>${texts.settings}</a>
          <p class="hint">${texts.settingsCard}</p>
        </div>
      </li>
      ${administers()
        ? html`<li>
        <div class="what">
          <a class="target" href=${at("staff/people")}>${texts.people}</a>
          <p class="hint">${texts.peopleText}</p>
        </div>
      </li>`
        : nothing}
    </ul>
  `;
}

await start({ audience: "staff", session: "needed", title: () => staffWords.staffTitle, view, menu: staffMenu });
