/* Browsers refuse workers to pages that are opened as files. There the search runs in a frame in the worker's place: the same messages. */
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.waiting = [];
      this.onerror = this.onmessage = this.onmessageerror = null;
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.documentElement.append(this.frame);
      const inner = this.frame.contentWindow, page = this.frame.contentDocument;
      inner.importScripts = (...scripts) => scripts.reduce((last, script) => last.then(() => load(script)), Promise.resolve());
      inner.postMessage = (data) => {
        const event = new MessageEvent("message", { data });
        this.dispatchEvent(event);
        if (this.onmessage) this.onmessage(event);
      };
      const load = (script) => new Promise((done, failed) => {
        const element = page.createElement("script");
        element.src = new URL(script, document.baseURI).href;
        element.onload = done;
        element.onerror = failed;
        page.head.append(element);
      });
      load(url).then(() => {
        this.deliver = (data) => inner.dispatchEvent(new inner.MessageEvent("message", { data }));
        this.waiting.forEach(this.deliver);
      });
    }
    postMessage(data) {
      if (this.deliver) this.deliver(data);
      else this.waiting.push(data);
    }
    terminate() { this.frame.remove(); }
  };
}
