"""One module for each contestant, which works in the usual way of its library.

``train(network, session)`` trains a network. The session is told ``begin()`` when building and data
are ready, and then, as ``session.mode`` says:

* 'first step': ``first_step(loss)`` as soon as the loss of the first step is known; this ends the
  process;
* 'epochs' or 'check': ``epoch_begin()`` and ``epoch_end(loss)`` around each of ``session.epochs``
  epochs.

``predict(network, session)`` hands ``session.repeat`` a function that gives the probabilities of
all samples.

``learner(network)``, of those that `answer` measures, gives two functions of arrays: one trains
once over samples in the order given, the other gives the accuracy over samples.
"""
