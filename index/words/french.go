package words

func frenchSound(word string) string { return "" }
