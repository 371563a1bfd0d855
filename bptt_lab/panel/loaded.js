// anywidget keeps a widget's messages until it is loaded, and drops them for ever if that takes two seconds or more, as on
// a slow computer. Then they are let in past it, from when the widget is loaded, and what was lost is asked for.
function initialize({ model }) {
  model.on("change:loaded", (own) => {
    if (!own.comm || !own.get("loaded")) return; // elsewhere than in Jupyter, or without a kernel
    const nothing = { content: { data: { method: "" } } };
    own._handle_comm_msg(nothing).catch(() => {
      let kind = Object.getPrototypeOf(own);
      while (kind._handle_comm_msg === own._handle_comm_msg) kind = Object.getPrototypeOf(kind);
      own.comm.on_msg(kind._handle_comm_msg.bind(own));
      own.comm.send({ method: "request_state" });
    });
  });
  model.set("loaded", true);
}

