// What lies beside a post: its history, its preview links, what readers say.

import { all, session } from "./api.js";
import { commentsOf } from "./comments.js";
import { choose, dialog } from "./dialogs.js";
import { comparison } from "./diff.js";
import { button, h, tell } from "./dom.js";
import { say, when } from "./phrases.js";

export function panels(editor) {
  const opens = (name, fill) => button(say(name), async () => {
    editor.panel.replaceChildren(h("h2", {}, say(name)));
    const content = h("div");
    editor.panel.append(content);
    try {
      await fill(content);
    } catch (error) {
      content.replaceChildren(h("p", { class: "wrong", role: "alert" }, error.message));
    }
    editor.panel.scrollIntoView({ block: "nearest" });
  });
  return [
    opens("history", (content) => history(editor, content)),
    button(say("preview_link"), () => editor.step((post) => previewLink(post))),
    opens("comments", (content) => commentsOf(editor.post.id, content)),
  ];
}

async function history(editor, content) {
  const revisions = await all(`/posts/${editor.post.id}/revisions?limit=100`);
  const row = (revision) => h("li", {},
    button(say("revision", { number: revision.number }), () => compared(editor, revision)),
    h("span", { class: "hint" }, `${when(revision.created_at)} · ${say("by", { name: revision.author?.username ?? say("somebody") })} · ${revision.title}`));
  content.append(h("ul", { class: "rows" }, revisions.map(row)));
}

async function compared(editor, { number }) {
  const path = `/posts/${editor.post.id}/revisions/${number}`;
  const { body: then } = await session.patiently("GET", path);
  const content = [h("p", { class: "hint" }, `${say("revision", { number })} → ${say("now")}`), comparison(then.body, editor.fields.value.body)];
  const chosen = await choose(say("history"), content, [[say("close"), null], [say("restore"), "restore", "primary"]]);
  if (!chosen) return;
  await editor.step(async () => {
    const answer = await session.patiently("POST", `${path}/restore`);
    tell(say("restored", { number }));
    return answer;
  });
}

async function previewLink(post) {
  const { body: link } = await session.call("POST", `/posts/${post.id}/preview-links`, { json: {}, headers: { "Idempotency-Key": crypto.randomUUID() } });
  await dialog(say("preview_link"), (close) => [
    h("p", {}, say("preview_link_made", { when: when(link.expires_at) })),
    h("input", { value: link.url, readOnly: true, "aria-label": say("preview_link"), onfocus: (event) => event.target.select() }),
    h("p", { class: "buttons" },
      button(say("copy"), () => navigator.clipboard.writeText(link.url).then(() => tell(say("copied"))), { class: "primary" }),
      button(say("close"), () => close())),
  ]);
}
