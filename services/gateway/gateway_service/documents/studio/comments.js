// What readers say of a post, for its author to answer and to remove.

import { all, session } from "./api.js";
import { button, field, form, h } from "./dom.js";
import { say, when } from "./phrases.js";

export async function commentsOf(postId, panel) {
  const comments = await all(`/posts/${postId}/comments?limit=100`);
  const again = () => {
    panel.replaceChildren();
    return commentsOf(postId, panel);
  };
  const replies = (parent) => comments.filter((comment) => comment.parent_id === parent);
  const item = (comment) => h("li", { class: comment.state }, shown(comment, again),
    comment.parent_id ? null : h("ol", {}, replies(comment.id).map(item)));
  const list = h("ol", { class: "comments" }, replies(null).map(item));
  panel.append(comments.length ? list : h("p", {}, say("no_comments")));
}

function shown(comment, again) {
  if (comment.state === "removed") return h("p", { class: "hint" }, say("comment_removed"));
  const wrong = h("span", { class: "wrong", role: "alert" });
  const remove = async () => {
    try {
      await session.call("DELETE", `/comments/${comment.id}`);
      await again();
    } catch (error) {
      wrong.textContent = error.message;
    }
  };
  const answer = button(say("reply"), () => answer.replaceWith(replyTo(comment, again)));
  return h("article", {},
    h("p", { class: "hint" }, h("b", {}, comment.author?.username ?? say("somebody")), ` · ${when(comment.created_at)}`,
      comment.state === "held" ? h("span", { class: "state held" }, say("held")) : null),
    h("p", { class: "words" }, comment.body),
    h("p", { class: "buttons" }, comment.parent_id || comment.state === "held" ? null : answer,
      button(say("remove_comment"), remove, { class: "danger" }), wrong));
}

function replyTo(comment, again) {
  const words = field(say("reply"), h("textarea", { rows: 3, maxLength: 10000, required: true }));
  const once = { "Idempotency-Key": crypto.randomUUID() };
  const send = async () => {
    const json = { body: words.control.value, parent_id: comment.id };
    try {
      await session.patiently("POST", `/posts/${comment.post_id}/comments`, { json, headers: once });
      await again();
    } catch (error) {
      words.wrong(error.fields?.["/body"] ?? error.message);
    }
  };
  return form(say("send"), send, words.element);
}
