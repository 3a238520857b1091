(() => {
  "use strict";
  var byId = id => document.getElementById(id);
  var form = byId("form"), begin = byId("begin"), idle = byId("idle"), saved = byId("saved");
  if (begin && begin.dataset.after) setTimeout(() => { begin.submit(); }, begin.dataset.after * 1000);
  if (!form) return;
  var known = form.dataset, timer, going, sent = 0, patience;

  function save() {
    if (sent) return;
    going = new AbortController();
    fetch(known.draft, { method: "POST", body: new URLSearchParams(new FormData(form)), signal: going.signal })
      .then(answer => { if (!answer.ok) throw answer; saved.textContent = known.saved; })
      .catch(() => { if (!sent) saved.textContent = known.unsaved; });
  }

  function look(area) {
    var note = area.parentNode.querySelector(".note"), left = area.dataset.most - area.value.length;
    if (note) note.hidden = !new RegExp(known.telling).test(area.value);
    var told = area.nextElementSibling;
    if (!told || told.className !== "left") {
      if (left > 500) return;
      told = document.createElement("p");
      told.className = "left";
      area.after(told);
    }
    told.textContent = left > 500 ? "" : known.left.replace("{count}", left);
  }

  function pace() {
    var said = byId("progress"), told = said && said.dataset.pace;
    if (!told) return;
    var number = told.split(" "), asks = "[role=radiogroup]", all = form.querySelectorAll(asks).length || 1;
    var done = form.querySelectorAll(asks + " :checked").length;
    var minutes = Math.round(number[2] - (number[2] - number[3]) * done / all);
    var words = known.pace.replace("{done}", number[0]).replace("{all}", number[1]).replace("{minutes}", minutes);
    if (said.textContent !== words) said.textContent = words;
  }

  function alone(box) {
    if (!box.checked || box.type !== "checkbox") return;
    document.getElementsByName(box.name).forEach(other => {
      if (other !== box && ("alone" in other.dataset || "alone" in box.dataset)) other.checked = false;
    });
  }

  form.addEventListener("input", event => {
    if (event.target.tagName === "TEXTAREA") look(event.target);
    alone(event.target);
    pace();
    if (!known.draft) return;
    saved.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(save, 1500);
  });
  form.addEventListener("submit", event => {
    if (sent && Date.now() - sent < 10000) return event.preventDefault();
    sent = Date.now();
    clearTimeout(timer);
    if (going) going.abort();
  });
  addEventListener("pageshow", () => { sent = 0; });

  function wait() {
    clearTimeout(patience);
    idle.hidden = true;
    patience = setTimeout(() => {
      idle.hidden = false;
      byId("stay").focus();
      patience = setTimeout(() => { byId("anew").click(); }, known.warned * 1000);
    }, known.idle * 1000);
  }
  if (idle) {
    ["pointerdown", "keydown", "input"].forEach(kind => { addEventListener(kind, wait); });
    wait();
  }
})();
