// Attachments: videos and pictures in place, anything else as a file to download.
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

export function attachment(file) {
  const node = el("figure", { class: "file", "data-file": file.id });
  if (file.type.startsWith("video/")) {
    const video = el("video", { controls: true, preload: "metadata", playsinline: true, src: file.url });
    video.ariaLabel = file.description || file.name;
    if (file.width && file.height) video.style.aspectRatio = `${file.width} / ${file.height}`;
    video.addEventListener("loadedmetadata", () => {
      if (video.videoWidth) video.style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`;
    });
    video.addEventListener("error", () => node.classList.add("broken"));
    node.append(video, text("sorry", "This browser cannot play the video here. Download it instead.", "p"));
  } else if (file.type.startsWith("image/")) {
    node.append(el("img", { src: file.url, alt: file.description || file.name, loading: "lazy" }));
    return node;
  } else {
    node.classList.add("plain");
  }
  node.append(caption(file));
  return node;
}
