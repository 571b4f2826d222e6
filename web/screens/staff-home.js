/** Where staff arrive: the ways on, who they are here, and the way out. */

import { session, start } from "../modules/page.js";
import { at } from "../modules/place.js";
import { signOutButton } from "../modules/sign-out-button.js";
import { staffMenu } from "../modules/staff-menu.js";
import { staffWords, words } from "../modules/words.js";
import { html } from "../vendor/lit.js";

const signOut = signOutButton("staff");

function view() {
  const texts = staffWords;
  const { staff } = session();
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
    </ul>
    <section aria-labelledby="account">
      <h2 id="account">${words.accountTitle}</h2>
      <dl class="facts">
        <dt>${words.signedInAs}</dt>
        <dd>${staff?.name}<br />${staff?.email}</dd>
      </dl>
      ${signOut()}
    </section>
  `;
}

await start({ audience: "staff", session: "needed", title: () => staffWords.staffTitle, view, menu: staffMenu });
