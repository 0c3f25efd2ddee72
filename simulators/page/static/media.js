// Attachments, galleries and thumbnails: videos and pictures in place, anything else as a file to download.
import { el, text } from "./dom.js";

function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 ** 2).toFixed(2)} MB`;
}

function caption(file) {
  const download = { class: "download", href: `${file.url}?download`, download: file.name, text: "Download" };
  return el("figcaption", {}, text("filename", file.name), text("size", size(file.size)),
    el("a", { ...download, "aria-label": `Download ${file.name}` }));
}

const called = (file) => file.description || file.name;

function video(file, node) {
  const made = el("video", { controls: true, preload: "metadata", playsinline: true, src: file.url });
  made.ariaLabel = called(file);
  if (file.width && file.height) made.style.aspectRatio = `${file.width} / ${file.height}`;
  made.addEventListener("loadedmetadata", () => {
    if (made.videoWidth) made.style.aspectRatio = `${made.videoWidth} / ${made.videoHeight}`;
  });
  made.addEventListener("error", () => node.classList.add("broken"));
  node.append(made, text("sorry", "This browser cannot play the video here. Download it instead.", "p"));
}

function picture(file) {
  const { width, height } = file;
  return el("img", { src: file.url, alt: called(file), title: file.description, width, height, loading: "lazy" });
}

export function attachment(file) {
  const node = el("figure", { class: "file", "data-file": file.id });
  if (file.type.startsWith("image/")) {
    node.append(picture(file));
    return node;
  }
  if (file.type.startsWith("video/")) video(file, node);
  else node.classList.add("plain");
  node.append(caption(file));
  return node;
}

// The box of a file component, which shows even a video as a file.
export function download(file) {
  return el("figure", { class: "file plain" }, file ? caption(file) : missing());
}

export function thumbnail(file) {
  const node = el("figure", { class: "thumb" }, file?.type.startsWith("image/") ? picture(file) : missing());
  return node;
}

// One to ten pictures and videos; how they stand together is up to their number.
export function gallery(files) {
  const cells = files.map((file) => {
    const cell = el("figure", { class: "cell", "data-file": file?.id });
    if (file?.type.startsWith("video/")) video(file, cell);
    else cell.append(file?.type.startsWith("image/") ? picture(file) : missing());
    return cell;
  });
  return el("div", { class: "gallery", "data-count": String(files.length) }, ...cells);
}

// This page loads nothing from elsewhere, and shows no kind of file that could hold a script.
function missing() {
  return text("elsewhere", "(not shown on this page)");
}
