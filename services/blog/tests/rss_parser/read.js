// Prints what rss-parser makes of the feed on standard input.
const Parser = require("rss-parser");

let text = "";
process.stdin.on("data", (piece) => { text += piece; });
process.stdin.on("end", async () => {
  console.log(JSON.stringify(await new Parser().parseString(text)));
});
