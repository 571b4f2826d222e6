/** What asks for a fresh proof of who is at the keyboard: they sign in once more, and come back to where they were. */

import { call } from "./api.js";
import { goToSignIn } from "./session.js";

/** Leads to the sign-in page and back; what was typed in this tab stays. */
export async function signInAgain() {
  // As long as somebody is signed in, that page leads on by itself.
  await call("delete", "/api/session", { audience: "staff" });
  await goToSignIn("staff");
}
