"""The recipe of the default recogniser, from public encoder weights to a small int8 model.

``weights`` reads the encoder, ``vocabulary`` cuts it to the languages in question, ``data`` makes
windows of gold and public sentences, ``ner`` trains, ``export`` writes the model that
``pipeline.recognise.encoder`` runs, ``calibrate`` makes its scores probabilities. Needs the
extra ``train``; nothing here is imported at run time.
"""
