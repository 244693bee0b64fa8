// From draft to published and back: the steps that a post's state allows.

import { Told, session } from "./api.js";
import { dialog, sure } from "./dialogs.js";
import { button, field, form, h, tell } from "./dom.js";
import { say } from "./phrases.js";

const NEXT = {
  unsaved: ["published", "scheduled"],
  draft: ["published", "scheduled", "archived"],
  scheduled: ["published", "draft"],
  published: ["draft", "archived"],
  archived: ["draft"],
};
const LABEL = { published: "publish", scheduled: "schedule", draft: "unpublish", archived: "archive" };

export function steps(editor) {
  const take = (to) => editor.step((post) => (to === "scheduled" ? planned(post) : taken(post, { to })));
  const next = NEXT[editor.post?.status ?? "unsaved"].map((to) => button(say(LABEL[to]), () => take(to)));
  if (editor.post?.links.html) next.push(h("a", { class: "button", href: editor.post.links.html, target: "_blank", rel: "noopener" }, say("view")));
  return next;
}

async function taken(post, step) {
  const answer = await session.patiently("POST", `/posts/${post.id}/transitions`, { json: step });
  tell(say(answer.status === 202 ? "published_waiting" : step.to === "published" ? "published_now" : step.to));
  return answer;
}

const AN_HOUR_MS = 3_600_000;

/** Asks when, until the server takes it; resolves with its answer, or null when dismissed. */
function planned(post) {
  return dialog(say("schedule"), (close) => {
    const at = field(say("schedule_at"), h("input", { type: "datetime-local", required: true, min: here(Date.now()), value: here(Date.now() + AN_HOUR_MS) }));
    const choose = async () => {
      try {
        const chosen = at.control.value ? { at: new Date(at.control.value).toISOString() } : {};
        close(await taken(post, { to: "scheduled", ...chosen }));
      } catch (error) {
        if (!(error instanceof Told)) throw error;
        at.wrong(error.fields?.["/at"] ?? error.message);
        at.control.focus();
      }
    };
    return [form(say("schedule"), choose, at.element), button(say("close"), () => close())];
  });
}

/** A moment (ms) as the control writes it, in the author's own time. */
function here(moment) {
  return new Date(moment - new Date(moment).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The last of the buttons, away from those that one presses every day. */
export function removal(editor) {
  return button(say("remove"), () => removed(editor), { class: "danger" });
}

async function removed(editor) {
  if (!(await sure(say("remove_sure", { title: editor.post.title }), say("remove")))) return;
  try {
    await session.call("DELETE", `/posts/${editor.post.id}`, { headers: { "If-Match": editor.etag } });
    editor.leave(say("removed"));
  } catch (error) {
    editor.wrong.textContent = error.message;
  }
}
