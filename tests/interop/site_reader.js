// Reads the reference site in a real browser, as a person would: `node site_reader.js FILE`. Writes what it saw as JSON.
const { chromium } = require("playwright-core");
const { pathToFileURL } = require("url");

const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

async function main() {
  const url = pathToFileURL(process.argv[2]).href;
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ARGUMENTS });
  const seen = { complaints: [], requests: [] };
  const open = async (fragment, options) => {
    const page = await (await browser.newContext(options)).newPage();
    page.on("console", (message) => seen.complaints.push(message.text()));
    page.on("pageerror", (error) => seen.complaints.push(error.message));
    page.on("request", (request) => seen.requests.push(request.url().split("#")[0]));
    await page.goto(url + fragment);
    return page;
  };
  const topOf = (page, id) => page.evaluate((id) => document.getElementById(id).getBoundingClientRect().top, id);
  const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const shownForm = (page) =>
    page.evaluate(() => [...new Set([...document.querySelectorAll(".form[data-form]:not([hidden])")].map((form) => form.dataset.form))]);

  const wide = { viewport: { width: 1280, height: 900 } };
  let page = await open("#method/job.status", wide);
  seen.deepLink = await topOf(page, "method/job.status");
  seen.current = await page.textContent("#contents [aria-current]");

  await page.keyboard.press("/");
  await page.keyboard.type("seq");
  seen.whileSearching = await topOf(page, "method/job.status");
  seen.matches = await page.textContent("#count");
  seen.firstMatch = await page.textContent("#found li[aria-selected=true] b");
  await page.keyboard.press("ArrowDown");
  seen.secondMatch = await page.getAttribute("#query", "aria-activedescendant");
  await page.keyboard.press("Enter");
  seen.found = await page.evaluate(() => decodeURIComponent(location.hash));
  seen.foundTop = await topOf(page, seen.found.slice(1));
  await page.keyboard.press("/");
  await page.keyboard.type("nothing of that name");
  seen.noMatch = await page.textContent("#found");
  await page.keyboard.press("Escape");
  seen.isClosed = await page.isHidden("#found");

  await page.click("[role=tab][data-form=python] >> nth=0");
  seen.chosen = await shownForm(page);
  await page.reload();
  seen.remembered = await shownForm(page);

  seen.light = await ground(page);
  await page.click("#theme");
  await page.click("#theme");
  seen.chosenDark = await ground(page);
  page = await open("", { ...wide, colorScheme: "dark" });
  seen.dark = await ground(page);

  page = await open("", { viewport: { width: 360, height: 740 } });
  seen.phoneWidth = await page.evaluate(() => document.documentElement.scrollWidth);
  seen.phoneContents = await page.isVisible("#contents");
  await page.click("#menu");
  seen.phoneOpened = await page.isVisible("#contents");
  await page.click("#contents a >> nth=1");
  seen.phoneClosed = await page.isVisible("#contents");

  page = await open("", { ...wide, javaScriptEnabled: false });
  seen.withoutScript = await shownForm(page);
  await browser.close();
  console.log(JSON.stringify(seen));
}

main();
