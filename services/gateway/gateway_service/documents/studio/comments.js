// What readers say of a post, for its author to answer and to remove, and to decide about where others reported it.

import { all, session } from "./api.js";
import { button, field, form, h } from "./dom.js";
import { say, when } from "./phrases.js";

export async function commentsOf(postId, panel) {
  let missing = null;
  const decidable = (status) => all(`/comments?post_id=${postId}&status=${status}&limit=100`).catch((error) => {
    missing = h("p", { class: "wrong", role: "alert" }, say("reviews_missing"), " ", error.message);
    return [];
  });
  const [said, ...lists] = await Promise.all([
    all(`/posts/${postId}/comments?limit=100`),
    decidable("held,reported"), // apart: many that were removed do not hide what waits
    decidable("removed"),
  ]);
  const reviews = lists.flat();
  const reviewed = new Map(reviews.map((review) => [review.id, review]));
  const comments = said.map((comment) => reviewed.get(comment.id) ?? comment);
  const shownAnyway = new Set(said.map((comment) => comment.id));
  comments.push(...reviews.filter((review) => !shownAnyway.has(review.id)));
  comments.sort((one, other) => one.created_at.localeCompare(other.created_at) || one.id.localeCompare(other.id));
  const again = () => {
    panel.replaceChildren();
    return commentsOf(postId, panel);
  };
  const replies = (parent) => comments.filter((comment) => comment.parent_id === parent);
  const item = (comment) => h("li", { class: comment.state }, shown(comment, again),
    comment.parent_id ? null : h("ol", {}, replies(comment.id).map(item)));
  const known = new Set(comments.map((comment) => comment.id));
  const roots = comments.filter((comment) => !known.has(comment.parent_id));
  const list = h("ol", { class: "comments" }, roots.map(item));
  if (missing) panel.append(missing);
  panel.append(comments.length ? list : h("p", {}, say("no_comments")));
}

/** A comment with what may be done about it; `again` is called when something was. */
export function shown(comment, again) {
  if (comment.body === "") return h("p", { class: "hint" }, say("comment_removed"));
  const wrong = h("span", { class: "wrong", role: "alert" });
  const asking = (method, path) => async () => {
    try {
      await session.call(method, path);
      await again();
    } catch (error) {
      wrong.textContent = error.message;
    }
  };
  const remove = asking("DELETE", `/comments/${comment.id}`);
  const approve = asking("POST", `/comments/${comment.id}/approve`);
  const hold = asking("POST", `/comments/${comment.id}/hold`);
  const isVisible = comment.state === "visible";
  const answer = button(say("reply"), () => answer.replaceWith(replyTo(comment, again)));
  return h("article", {},
    h("p", { class: "hint" }, h("b", {}, comment.author?.username ?? say("somebody")), ` · ${when(comment.created_at)}`,
      isVisible ? null : h("span", { class: `state ${comment.state}` }, say(comment.state === "held" ? "held" : "comment_removed"))),
    h("p", { class: "words" }, comment.body),
    comment.reports_count ? h("p", { class: "hint" }, say("reported", { times: comment.reports_count }), reasons(comment)) : null,
    h("p", { class: "buttons" }, comment.parent_id || !isVisible ? null : answer,
      comment.decisions ? button(say("approve"), approve) : null,
      isVisible ? button(say("hold"), hold) : null,
      comment.state === "removed" ? null : button(say("remove_comment"), remove, { class: "danger" }), wrong));
}

function reasons(comment) {
  return h("ul", {}, comment.reports.map((report) => h("li", {}, report.reason)));
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
