package words

func spanishSound(word string) string { return "" }
