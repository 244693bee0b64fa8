// From draft to published and back: the steps that a post's state allows.

import { session } from "./api.js";
import { dialog, sure } from "./dialogs.js";
import { button, field, form, h, tell } from "./dom.js";
import { say } from "./phrases.js";

const NEXT = {
  draft: ["published", "scheduled", "archived"],
  scheduled: ["published", "draft"],
  published: ["draft", "archived"],
  archived: ["draft"],
};
const LABEL = { published: "publish", scheduled: "schedule", draft: "unpublish", archived: "archive" };

export function steps(editor) {
  const next = NEXT[editor.post?.status ?? "draft"].map((to) => button(say(LABEL[to]), () => taken(editor, to)));
  if (editor.post?.links.html) next.push(h("a", { class: "button", href: editor.post.links.html, target: "_blank", rel: "noopener" }, say("view")));
  return next;
}

async function taken(editor, to) {
  const at = to === "scheduled" ? await asked() : null;
  if (to === "scheduled" && !at) return;
  await editor.step(async (post) => {
    const answer = await session.patiently("POST", `/posts/${post.id}/transitions`, { json: at ? { to, at } : { to } });
    tell(say(answer.status === 202 ? "published_waiting" : to === "published" ? "published_now" : to));
    return answer;
  });
}

function asked() {
  return dialog(say("schedule"), (close) => {
    const soon = new Date(Date.now() + 3_600_000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    const at = field(say("schedule_at"), h("input", { type: "datetime-local", required: true, value: soon }));
    const choose = () => at.control.value && close(new Date(at.control.value).toISOString());
    return [form(say("schedule"), choose, at.element), button(say("close"), () => close())];
  });
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
