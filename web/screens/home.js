/** Where clients arrive: what is asked of them, who they are here, and the way out. */

import { clientMenu } from "../modules/client-menu.js";
import { firm, session, start } from "../modules/page.js";
import { at } from "../modules/place.js";
import { signOutButton } from "../modules/sign-out-button.js";
import { words } from "../modules/words.js";
import { html } from "../vendor/lit.js";

const signOut = signOutButton("client");

function view() {
  const { contact, clients } = session();
  return html`
    <h1>${words.homeTitle}</h1>
    <p>${words.homeText(firm().name)}</p>
    <p><a class="button" href=${at("documents")}>${words.handOver}</a></p>
    <section aria-labelledby="account">
      <h2 id="account">${words.accountTitle}</h2>
      <dl class="facts long">
        <dt>${words.signedInAs}</dt>
        <dd>${contact?.name}<br />${contact?.email}</dd>
        <dt>${words.atFirm}</dt>
        <dd>${firm().name}</dd>
        <dt>${words.actingFor}</dt>
        <dd>${clients.map((client) => html`<div>${client.name}</div>`)}</dd>
      </dl>
      ${signOut()}
    </section>
  `;
}

await start({ audience: "client", session: "needed", title: () => words.homeTitle, view, menu: clientMenu });
