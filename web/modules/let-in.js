/** Whether a session that was just begun has come to stay. */

/** @import { Audience } from "./api-types.js" */

import { Refusal, call, refusalOf } from "./api.js";

/**
 * A browser that keeps no cookies, or throws ours away, would lead in a circle: from the code to the portal, and from there back to the
 * sign-in page.
 *
 * @param {Audience} audience
 */
export async function letIn(audience) {
  try {
    await call("get", "/api/session", { audience, stays: true });
  } catch (cause) {
    if (refusalOf(cause).name === "session-needed") {
      throw new Refusal("cookies-off");
    }
    // What else stands in the way is for the next page to say.
  }
}
