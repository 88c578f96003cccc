/* Bringing files: dropped or chosen, sent one after the other, each with its progress. */
(function () {
  "use strict";

  let sending = false;
  /* kept while the chooser is open: a box that nobody holds may be collected with what was chosen */
  let box = null;

  function zone() { return document.getElementById("drop-zone"); }

  function choose() {
    box = document.createElement("input");
    box.type = "file";
    box.multiple = true;
    box.accept = zone().dataset.accept;
    box.addEventListener("change", function () { bring([...box.files]); });
    box.click();
  }

  function row(list, name) {
    const item = document.createElement("li");
    const label = document.createElement("span");
    const bar = document.createElement("progress");
    const words = document.createElement("span");
    label.textContent = name;
    bar.max = 100;
    bar.setAttribute("aria-label", name);
    words.textContent = "đang chờ";
    item.append(label, bar, words);
    list.appendChild(item);
    return { item: item, bar: bar, words: words };
  }

  function upload(file, shown) {
    return new Promise(function (done) {
      const request = new XMLHttpRequest();
      const body = new FormData();
      body.append(zone().dataset.field, file, file.name);
      request.open("POST", zone().dataset.url);
      request.setRequestHeader("X-CSRFToken", window.acts.token());
      request.upload.addEventListener("progress", function (event) {
        if (!event.lengthComputable) return;
        shown.bar.value = Math.round(100 * event.loaded / event.total);
        shown.words.textContent = "đang gửi " + shown.bar.value + " %";
      });
      request.upload.addEventListener("load", function () {
        shown.bar.removeAttribute("value");
        shown.words.textContent = "đang đọc và xem thử…";
      });
      request.addEventListener("load", function () {
        let told = { message: request.responseText };
        try { told = JSON.parse(request.responseText); } catch (_) { /* a refusal is plain text */ }
        done({ ok: request.status === 200, words: told.message, go: told.go, refused: told.refused || 0 });
      });
      request.addEventListener("error", function () {
        done({ ok: false, words: "không gửi được, hãy thử lại" });
      });
      request.send(body);
    });
  }

  function bring(files) {
    const place = document.getElementById("upload-state");
    if (!files.length || sending || !place) return;
    sending = true;
    const list = document.createElement("ul");
    place.replaceChildren(list);
    const rows = files.map(function (file) { return row(list, file.name); });
    let all = Promise.resolve();
    let brought = 0;
    let refused = 0;
    let next = "";
    const faults = [];
    files.forEach(function (file, number) {
      all = all.then(function () { return upload(file, rows[number]); }).then(function (answer) {
        rows[number].bar.value = 100;
        rows[number].words.textContent = !answer.ok ? answer.words : answer.refused ? "chưa nạp được" : "đã xem thử";
        rows[number].item.className = answer.ok && !answer.refused ? "" : "fault";
        if (answer.ok) { brought += 1; refused += answer.refused; next = answer.go; } else faults.push("«" + file.name + "»: " + answer.words);
      });
    });
    all.then(function () {
      sending = false;
      if (refused) faults.push(refused + " tệp chưa nạp được: xem lý do ở thẻ của tệp.");
      if (faults.length) window.acts.say(faults.join(" "), "fault");
      else window.acts.say("Đã xem thử xong " + brought + " tệp. Chưa nạp gì vào kho.", "done");
      window.acts.go(next);
    });
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest && event.target.closest("[data-action='choose-files']")) choose();
  });
  ["dragenter", "dragover"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (!zone()) return;
      event.preventDefault();
      zone().classList.toggle("over", Boolean(event.target.closest && event.target.closest("#drop-zone")));
    });
  });
  document.addEventListener("drop", function (event) {
    if (!zone()) return;
    /* a file dropped beside the zone would otherwise replace the page */
    event.preventDefault();
    zone().classList.remove("over");
    bring([...event.dataTransfer.files]);
  });
  window.addEventListener("beforeunload", function (event) { if (sending) event.preventDefault(); });
})();
