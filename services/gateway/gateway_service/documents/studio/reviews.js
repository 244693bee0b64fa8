// Comments that wait for a decision: what is said under one's own posts, to moderators under all.

import { session } from "./api.js";
import { shown } from "./comments.js";
import { button, h } from "./dom.js";
import { say } from "./phrases.js";

export async function reviewsPage(main) {
  const heading = h("h1", { tabIndex: -1 }, say("comments"));
  const list = h("ol", { class: "comments" });
  const end = h("div", { class: "end" });
  const again = async () => {
    list.replaceChildren();
    await more("");
    heading.focus(); // the button that was pressed is gone
  };
  const more = async (cursor) => {
    const { comments, posts, next } = await waiting(cursor);
    list.append(...comments.map((comment) => h("li", { class: comment.state }, place(posts.get(comment.post_id)), shown(comment, again))));
    end.replaceChildren(
      ...(list.children.length || next ? [] : [h("p", { class: "empty" }, say("none_wait"))]),
      ...(next ? [button(say("more"), () => more(next))] : []),
    );
  };
  main.append(heading, h("p", { class: "hint" }, say("reviews_why")), list, end);
  await more("");
}

async function waiting(cursor) {
  const after = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
  const { body: page } = await session.patiently("GET", `/comments?limit=50${after}`);
  const ids = [...new Set(page.items.map((comment) => comment.post_id))];
  const { body: found } = ids.length
    ? await session.patiently("POST", "/posts:batch-get?fields=title,slug,author", { json: { ids } })
    : { body: { items: [] } };
  return { comments: page.items, posts: new Map(found.items.map((post) => [post.id, post])), next: page.next_cursor };
}

/** Where it was said; nothing for a post that its author has taken back. */
function place(post) {
  if (!post) return null;
  const own = post.author?.id === session.user.id;
  return h("p", {}, h("a", { href: own ? `#/posts/${post.id}` : `/posts/${post.slug}` }, post.title || say("untitled")));
}
