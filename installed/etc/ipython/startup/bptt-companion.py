# IPython runs this in each kernel of the environment that the companion is installed in. It leaves no name behind.
get_ipython().extension_manager.load_extension("bptt_lab.kernel")  # noqa: F821 a name that IPython gives
